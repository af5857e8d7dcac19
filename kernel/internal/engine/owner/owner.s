// This empty file lets owner.go declare functions without a body.
