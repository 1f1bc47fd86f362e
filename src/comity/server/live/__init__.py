"""What is answered before Django: the stream of changes, answers kept ready, the health of the instance."""
