"""Use cases of accounts; one public function each."""
