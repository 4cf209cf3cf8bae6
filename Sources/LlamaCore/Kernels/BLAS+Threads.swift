import Synchronization

#if canImport(COpenBLAS)
  import COpenBLAS
#else
  import Accelerate
#endif

extension BLAS {
  /// Calls `body`, within which every call of CBLAS and LAPACK computes on the thread that makes it, and then gives the
  /// library back the threads it had.
  ///
  /// The number is OpenBLAS's for the whole process: whoever else calls it meanwhile computes on one thread as well. Calls
  /// may be nested and come from several threads; the last to leave restores.
  static func alone<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    threads.enter()
    defer { threads.leave() }
    return try body()
  }

  /// Outside of ``alone(_:)`` the library might split a product as it likes: other bits.
  static func checkThreads() { precondition(threads.isChanged, "CBLAS must compute on the calling thread") }

  private static let threads = SharedSetting(
    wanted: 1, get: { libraryThreads }, set: { libraryThreads = $0 })

  #if canImport(COpenBLAS)
    private static var libraryThreads: Int {
      get { Int(openblas_get_num_threads()) }
      set { openblas_set_num_threads(Int32(clamping: newValue)) }
    }
  #else
    /// Accelerate knows one thread, or as many as it likes, which is 0 here.
    private static var libraryThreads: Int {
      get { BLASGetThreading() == BLAS_THREADING_SINGLE_THREADED ? 1 : 0 }
      set { _ = BLASSetThreading(newValue == 1 ? BLAS_THREADING_SINGLE_THREADED : BLAS_THREADING_MULTI_THREADED) }
    }
  #endif
}

/// A setting of the process that several may want changed at the same time: the first changes it, the last restores it.
package final class SharedSetting: Sendable {
  private struct State {
    var users = 0
    var before = 0
  }

  private let state = Mutex(State())
  private let hasUsers = Atomic(false)
  private let wanted: Int
  private let get: @Sendable () -> Int
  private let set: @Sendable (Int) -> Void

  package init(wanted: Int, get: @escaping @Sendable () -> Int, set: @escaping @Sendable (Int) -> Void) {
    self.wanted = wanted
    self.get = get
    self.set = set
  }

  /// Somebody has changed the setting, and not restored it yet.
  package var isChanged: Bool { hasUsers.load(ordering: .relaxed) }

  /// Changes the setting, unless somebody has.
  package func enter() {
    state.withLock { state in
      if state.users == 0 {
        state.before = get()
        if state.before != wanted { set(wanted) }
      }
      state.users += 1
      hasUsers.store(true, ordering: .relaxed)
    }
  }

  /// Restores the setting where nobody is left.
  package func leave() {
    state.withLock { state in
      state.users -= 1
      guard state.users == 0 else { return }
      hasUsers.store(false, ordering: .relaxed)
      if state.before != wanted { set(state.before) }
    }
  }
}
