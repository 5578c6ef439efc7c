"""What the views in a browser are drawn from: one module a view, plain data out."""
