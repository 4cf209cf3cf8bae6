// Settings, verdicts and running statistics are part of this module's interface: who imports it need not import that
// one.
@_exported import Statistics
