import Foundation
import LlamaCore
import Profiler
import Synchronization
import TestSupport
import Testing

@Suite struct HostThreadsTests {
  @Test func `a shared setting is changed by the first and restored by the last, to what it was`() {
    let value = Mutex(5)
    let setting = SharedSetting(
      wanted: 1, get: { value.withLock { $0 } }, set: { new in value.withLock { $0 = new } })
    #expect(!setting.isChanged)
    setting.enter()
    setting.enter()
    #expect(setting.isChanged)
    #expect(value.withLock { $0 } == 1)
    setting.leave()
    #expect(setting.isChanged)
    #expect(value.withLock { $0 } == 1)
    setting.leave()
    #expect(!setting.isChanged)
    #expect(value.withLock { $0 } == 5)
    value.withLock { $0 = 3 }
    DispatchQueue.concurrentPerform(iterations: 1000) { _ in
      setting.enter()
      defer { setting.leave() }
      if value.withLock({ $0 }) != 1 { Issue.record("somebody restored too early") }
    }
    #expect(value.withLock { $0 } == 3)
  }

  /// OpenBLAS's and OpenMP's own functions, found as a program that embeds `LlamaCore` would find them.
  private struct Library {
    let get: @convention(c) () -> Int32
    let set: @convention(c) (Int32) -> Void

    init?(_ get: String, _ set: String) {
      let program = dlopen(nil, RTLD_NOW)
      guard let get = dlsym(program, get), let set = dlsym(program, set) else { return nil }
      self.get = unsafeBitCast(get, to: (@convention(c) () -> Int32).self)
      self.set = unsafeBitCast(set, to: (@convention(c) (Int32) -> Void).self)
    }

    static let openBLAS = Library("openblas_get_num_threads", "openblas_set_num_threads")
    static let openMP = Library("omp_get_max_threads", "omp_set_num_threads")
  }

  /// Notes OpenBLAS's threads, and ends the run where asked to.
  private struct Watcher: LayerObserver {
    var threads: Set<Int32> = []
    var stopsAt = Int.max
    func sites(at layer: Int) -> LayerSites { .residual }
    mutating func observe(_ block: borrowing BlockTrace) throws {
      threads.insert(Library.openBLAS?.get() ?? 1)
      if block.layer == stopsAt { throw Stop() }
    }
  }

  /// In a process of its own: other tests compute at the same time in this one.
  @Test(.enabled(if: Library.openBLAS != nil, "needs OpenBLAS"))
  func `after a run, a session and a spectrum the host's OpenBLAS and OpenMP have the threads that they had`() async {
    await #expect(processExitsWith: .success) {
      let blas = try #require(Library.openBLAS)
      blas.set(3)
      Library.openMP?.set(5)
      // A machine of one processor may refuse.
      let before = blas.get()
      func check() throws { try #require(blas.get() == before && Library.openMP?.get() ?? 5 == 5) }

      let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
      for library in MatrixLibrary.allCases where library.computes(.float32) {
        var options = RunOptions(threads: 2)
        options.library = library
        var watcher = Watcher()
        try model.run([[1, 2, 3], [4]], options: options, observer: &watcher)
        try #require(watcher.threads == [1])
        try check()
        watcher.stopsAt = 1
        try #require(throws: Stop.self) { try model.run([[1, 2, 3]], options: options, observer: &watcher) }
        try check()
      }
      let session = try DecodingSession(model)
      try session.prefill([[1, 2, 3]])
      try session.decode([4])
      try check()
      let matrix = (0..<12).map { Double($0 * $0) }
      _ = try SingularValues.of(matrix.span, columns: 3)
      try check()
    }
  }
}
