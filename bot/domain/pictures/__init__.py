"""What a picture is, carries and is named."""
