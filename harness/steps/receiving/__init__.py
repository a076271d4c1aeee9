"""What a handset hears: access points, networks it joins, satellites."""
