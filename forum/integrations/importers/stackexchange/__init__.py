"""Stack Exchange data dumps: one XML file a table, one row element a row."""
