/// Error of a test's own, to stop what it is thrown into.
package struct Stop: Error {
  package init() {}
}
