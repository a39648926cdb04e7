"""What leaves the store for others: exports, addresses for spreadsheets, published results, the ledger of all of it."""
