"""What several pages show: fields, labels, tables, choices, and the state in the URL.

A part that only one page shows stands in that page's folder.
"""
