"""A class on every page: whoever leads one, or is in one."""
