/// An error of LAPACK: an invalid matrix, or no convergence.
package struct LAPACKError: Error, Equatable, Sendable {
  /// Name of the routine.
  package let routine: String
  /// `info` of the routine: `-i` if argument `i` is invalid (4 is the matrix, invalid if an element is not finite),
  /// `i > 0` if it did not converge.
  package let info: Int

  package init(routine: String, info: Int) {
    self.routine = routine
    self.info = info
  }
}
