"""Moving in from elsewhere: a source yields typed records in an order, one loader writes them."""
