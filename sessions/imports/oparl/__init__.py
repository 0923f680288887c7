"""OParl, from bytes to rows: files or http → `split` → `objects` (pure) → records → `store` → database."""
