"""The studio: methods of the analysis as pages that say what they assume and where they come from."""
