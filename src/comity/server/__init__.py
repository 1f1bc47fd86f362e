"""The portal: pages over one register, rendered on the server. The words of each language stand in `words`."""
