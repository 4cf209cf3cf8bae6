import Dispatch
import Synchronization

/// The events of a generation: the pieces of its text, then its result.
///
/// An event is computed on demand, outside the caller's actor, so nothing is buffered and nothing runs once the iterator
/// is released. If the task is cancelled, the iteration throws `CancellationError` after the current block or step.
/// Every iteration generates the text anew.
public struct GenerationEvents: AsyncSequence, Sendable {
  let generator: TextGenerator
  let prompt: [TokenID]
  let request: GenerationRequest

  public func makeAsyncIterator() -> Iterator { Iterator(worker: GenerationWorker(self)) }

  public struct Iterator: AsyncIteratorProtocol {
    let worker: GenerationWorker

    /// Returns the next event, nil after the last.
    /// - Throws: ``SamplingError``, ``RunError`` or `CancellationError`; the generation has then ended.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws -> GenerationEvent? {
      try await worker.next()
    }

    /// Returns the next event, nil after the last.
    /// - Throws: as ``next(isolation:)``.
    public mutating func next() async throws -> GenerationEvent? { try await worker.next() }
  }
}

/// Computes the events of a generation on a private queue, one at a time. All mutable state is confined to the queue.
final class GenerationWorker: @unchecked Sendable {
  private let events: GenerationEvents
  private let queue = DispatchQueue(label: "text generation", qos: .userInitiated)
  private let isCancelled = Atomic(false)
  private var run: GenerationRun?
  private var hasEnded = false

  init(_ events: GenerationEvents) { self.events = events }

  func next() async throws -> GenerationEvent? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        queue.async { continuation.resume(with: Result { try self.event() }) }
      }
    } onCancel: {
      isCancelled.store(true, ordering: .relaxed)
    }
  }

  private func event() throws -> GenerationEvent? {
    if hasEnded { return nil }
    do {
      if let piece = try nextNonEmptyPiece() { return .piece(piece) }
    } catch {
      hasEnded = true
      run = nil
      throw error
    }
    hasEnded = true
    defer { run = nil }
    return run?.results.first.map(GenerationEvent.finished)
  }

  /// Advances until there is text to show; returns nil at the end.
  private func nextNonEmptyPiece() throws -> String? {
    let run = try self.run ?? GenerationRun(events.generator, [events.prompt], events.request)
    self.run = run
    while !run.isFinished {
      var observer = CancellationObserver(isCancelled: { self.isCancelled.load(ordering: .relaxed) })
      if observer.isCancelled() { throw CancellationError() }
      let piece = try run.advance(observer: &observer).map(\.piece).joined()
      if !piece.isEmpty { return piece }
    }
    return nil
  }
}

/// Stops a run after the current block when the task is cancelled, because a long prompt takes a while.
private struct CancellationObserver: LayerObserver {
  let isCancelled: () -> Bool

  func sites(at layer: Int) -> LayerSites { .residualAfter }

  func observe(_ block: borrowing BlockTrace) throws {
    if isCancelled() { throw CancellationError() }
  }
}
