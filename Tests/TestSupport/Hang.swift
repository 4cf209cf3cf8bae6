/// Limit of tests that something which must end does end.
package enum Hang {
  /// Minutes after which a test counts as one that does not end. By the wall clock, which runs while a test waits for its
  /// turn among hundreds of others: a tighter limit would be one of the machine's load.
  package static let minutes = 20
}
