"""What many seeds come to and find, and the page that says so."""
