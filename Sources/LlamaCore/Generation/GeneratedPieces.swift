import Dispatch
import Synchronization

/// A generated text as a sequence of pieces; no piece ends inside a scalar.
///
/// A piece is computed on demand, outside the caller's actor, so nothing is buffered and nothing runs once the iterator
/// is released. If the task is cancelled, the iteration throws `CancellationError` after the current block or step.
/// Every iteration generates the text anew.
public struct GeneratedPieces: AsyncSequence, Sendable {
  let generator: TextGenerator
  let prompt: [TokenID]
  let request: GenerationRequest
  let finished: (@Sendable (Generation) -> Void)?

  public func makeAsyncIterator() -> Iterator { Iterator(worker: GenerationWorker(self)) }

  public struct Iterator: AsyncIteratorProtocol {
    let worker: GenerationWorker

    /// Returns the next piece of text, nil at its end.
    /// - Throws: ``SamplingError``, ``RunError`` or `CancellationError`; the text has then ended.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws -> String? {
      try await worker.next()
    }

    /// Returns the next piece of text, nil at its end.
    /// - Throws: as ``next(isolation:)``.
    public mutating func next() async throws -> String? { try await worker.next() }
  }
}

/// Computes the pieces of a text on a private queue, one at a time. All mutable state is confined to the queue.
final class GenerationWorker: @unchecked Sendable {
  private let pieces: GeneratedPieces
  private let queue = DispatchQueue(label: "text generation", qos: .userInitiated)
  private let isCancelled = Atomic(false)
  private var run: GenerationRun?
  private var hasEnded = false

  init(_ pieces: GeneratedPieces) { self.pieces = pieces }

  func next() async throws -> String? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        queue.async { continuation.resume(with: Result { try self.piece() }) }
      }
    } onCancel: {
      isCancelled.store(true, ordering: .relaxed)
    }
  }

  private func piece() throws -> String? {
    if hasEnded { return nil }
    do {
      if let piece = try nextNonEmptyPiece() { return piece }
    } catch {
      hasEnded = true
      run = nil
      throw error
    }
    hasEnded = true
    if let result = run?.results.first { pieces.finished?(result) }
    run = nil
    return nil
  }

  /// Advances until there is text to show; returns nil at the end.
  private func nextNonEmptyPiece() throws -> String? {
    let run = try self.run ?? GenerationRun(pieces.generator, [pieces.prompt], pieces.request)
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
