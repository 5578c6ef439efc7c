"""What a browser may ask of data: plain data out, ids in."""
