"""The only files with sockets. Each moves bytes and knows nothing of their meaning."""
