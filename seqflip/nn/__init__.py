"""The mathematics: arrays in, arrays out. Nothing here knows of tasks, files or screens."""
