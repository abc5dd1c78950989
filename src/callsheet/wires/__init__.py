"""What several vendors' drivers share: one request and the meaning of its outcome, and media as a vendor takes them."""
