"""Pure measures over evidence: content fingerprints, ledger differences, outcomes."""
