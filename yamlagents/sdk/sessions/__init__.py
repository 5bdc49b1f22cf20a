"""Who remembers: sessions in the SDK's stores."""
