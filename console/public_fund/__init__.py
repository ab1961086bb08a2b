"""`/so-quy`: the fund's books as everybody may read them, on a cheap phone, without a script."""
