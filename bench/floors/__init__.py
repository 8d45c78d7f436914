"""What the stack can do at best: bare applications that the product is compared with."""
