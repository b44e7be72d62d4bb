"""Use cases of the response; one public function each."""
