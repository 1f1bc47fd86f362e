"""The REST API: the table of questions (`service/questions`) over HTTP, with its description, pages and downloads."""
