"""Use cases of the journal; one public function each."""
