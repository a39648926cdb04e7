"""The words of each language: what Sayso says (PO catalogues), and what it understands (`vocabulary`)."""
