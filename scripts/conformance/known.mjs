// Cases in which we differ on purpose. docs/conformance.md gives each its reason.
export const known = {
  opentofu_functions: {
    'plantimestamp()': 'compilation is pure: functions of the clock are refused',
  },
};
