# The ViBE itself: Capabilities Service and first worker, deployed by the host region (FIG. 2, steps 1 to 6).
flock "vibe" {
  owners   = ["bootstrap@example.com"]
  notify   = ["bootstrap-oncall@example.com"]
  service  = "vibe"
  rollback = "auto"
}
