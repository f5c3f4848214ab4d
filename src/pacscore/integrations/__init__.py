"""pacscore in other people's houses; each module needs only its own library."""
