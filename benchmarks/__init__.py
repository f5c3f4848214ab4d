"""How fast pacscore is, beside its peers and by itself."""
