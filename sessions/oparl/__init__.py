"""The OParl 1.1 interface: everything public of the council, for machines. See docs/oparl.md."""
