"""Pages for a browser: one file each, without scripts, that load nothing."""
