import Synchronization

#if canImport(COpenBLAS)
  import COpenBLAS
#else
  import Accelerate
#endif

extension BLAS {
  /// Calls `body` with CBLAS and LAPACK limited to the calling thread, and then restores the library's number of
  /// threads.
  ///
  /// OpenBLAS has one setting for the whole process: other callers also compute on one thread in the meantime. Calls
  /// may be nested and concurrent; the last to return restores the setting.
  package static func alone<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    threads.enter()
    defer { threads.leave() }
    return try body()
  }

  /// Outside of ``alone(_:)`` the library might split a product differently, which changes its bits.
  package static func checkThreads() { precondition(threads.isChanged, "CBLAS must compute on the calling thread") }

  private static let threads = SharedSetting(
    wanted: 1, get: { libraryThreads }, set: { libraryThreads = $0 })

  #if canImport(COpenBLAS)
    private static var libraryThreads: Int {
      get { Int(openblas_get_num_threads()) }
      set { openblas_set_num_threads(Int32(clamping: newValue)) }
    }
  #else
    /// Accelerate supports one thread or its own choice, represented by 0 here.
    private static var libraryThreads: Int {
      get { BLASGetThreading() == BLAS_THREADING_SINGLE_THREADED ? 1 : 0 }
      set { _ = BLASSetThreading(newValue == 1 ? BLAS_THREADING_SINGLE_THREADED : BLAS_THREADING_MULTI_THREADED) }
    }
  #endif
}

/// A process-wide setting that several callers may change concurrently: the first changes it, the last restores it.
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

  /// True while the setting is changed and not yet restored.
  package var isChanged: Bool { hasUsers.load(ordering: .relaxed) }

  /// Changes the setting, unless it is already changed.
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

  /// Restores the setting after the last user has left.
  package func leave() {
    state.withLock { state in
      state.users -= 1
      guard state.users == 0 else { return }
      hasUsers.store(false, ordering: .relaxed)
      if state.before != wanted { set(state.before) }
    }
  }
}
