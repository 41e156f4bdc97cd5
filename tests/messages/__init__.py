"""Every message of Xero's list as a firm meets it: how it comes about, what people see, how it is fixed."""
