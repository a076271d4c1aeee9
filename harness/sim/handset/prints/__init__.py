"""What a simulated handset prints, a module for each service that is asked."""
