import Foundation

/// What the matmuls with weights compute in. The residual stream, attention and every sum are float32 in both.
public enum Precision: String, Sendable, CaseIterable {
  /// Weights widened to float32.
  case float32
  /// Weights in bfloat16 as stored, inputs rounded to bfloat16, products summed in float32. About twice as fast,
  /// where the processor has the instructions; needs oneDNN.
  case bfloat16

  /// Why this build or processor cannot compute in it; nil where it can.
  public var unavailableReason: String? { self == .float32 ? nil : OneDNNMatmul.unavailableReason(.bfloat16) }
}

/// How a run uses the machine. No number of a run depends on
/// `threads`, `waveTokens` or `memoryLimit`.
public struct RunOptions: Sendable, Equatable {
  /// What the matmuls compute in.
  public let precision: Precision
  /// The library to multiply with: the fastest at hand for the precision, but in tests.
  package var library: MatrixLibrary
  /// Threads that compute, the caller's among them: at least one and at most 1,024.
  public var threads: Int
  /// Most rows of a wave, at least one; fewer where memory is short. A row is a token, or what a BLAS wants free between two
  /// texts. A matmul is at its best from about 1,000.
  public var waveTokens: Int
  /// Peak resident memory to stay within, in bytes; nil for half of what is available. What does not change with the wave,
  /// such as the texts themselves, is estimated.
  public var memoryLimit: Int?
  /// Bytes that the observer takes while it looks, all threads together: what waves have to leave free.
  package var observerBytes = 0
  /// The run computes likelihoods: the sums that are kept of its logits are part of the plan, and so are the products.
  package var isLikelihoodWanted = false

  /// Options with every value below 1 raised to 1. By default a thread per active processor.
  public init(
    precision: Precision = .float32, threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    waveTokens: Int = 3072, memoryLimit: Int? = nil
  ) {
    self.precision = precision
    library = .fastest(for: precision)
    self.threads = threads
    self.waveTokens = waveTokens
    self.memoryLimit = memoryLimit
  }
}

/// Why texts were refused before anything was computed.
public enum RunError: DescribedError, Equatable, Sendable, SizedError {
  /// The text at this 0-based index has no token.
  case emptyText(Int)
  /// The text at this 0-based index has more tokens than the model's `max_position_embeddings`.
  case textTooLong(Int, tokens: Int, limit: Int)
  /// A property of ``RunOptions`` that no run can have, by its name.
  case option(String, expected: String, found: Int)
  /// This build or processor cannot compute in the precision that was asked for.
  case precisionUnavailable(Precision, reason: String)
  /// The longest text alone needs more bytes than the memory limit.
  case memoryLimit(needed: Int, limit: Int)
  /// The longest text alone needs more bytes than the machine, or the container around this process, has.
  case memory(needed: Int, machine: Int)
  /// A token id that the embedding has no row for. Indices are 0-based.
  case unknownToken(text: Int, position: Int, token: TokenID, vocabularySize: Int)
  /// A session has no sequence of this index, or it is finished.
  case unknownSequence(Int)
  /// A step of decoding takes one token for each sequence that is not finished.
  case stepTokens(expected: Int, found: Int)

  /// One line naming the text, what was expected and what was found.
  public var description: String {
    switch self {
    case .memoryLimit(_, let size), .memory(_, let size): description(in: ByteUnit(fitting: size))
    default: description(in: .byte)
    }
  }

  package func description(in unit: ByteUnit) -> String {
    switch self {
    case .option(let name, let expected, let found):
      "RunOptions.\(name): expected \(expected), found \(found)"
    case .precisionUnavailable(let precision, let reason):
      "precision \(precision.rawValue) is not available: \(reason)"
    case .memoryLimit(let needed, let limit):
      "expected a memory limit of at least \(unit.text(needed)), which the longest text takes, found \(unit.text(limit))"
    case .memory(let needed, let machine):
      "expected at least \(unit.text(needed)) of memory in this machine or container, which the longest text takes, found "
        + unit.text(machine)
    case .emptyText(let text):
      "text \(text): expected at least one token, found none"
    case .textTooLong(let text, let tokens, let limit):
      "text \(text): expected at most \(limit) tokens (max_position_embeddings), found \(tokens)"
    case .unknownToken(let text, let position, let token, let size):
      "text \(text), token \(position): expected an id from 0 to \(size - 1), found \(token)"
    case .unknownSequence(let sequence):
      "sequence \(sequence): expected one of the session's that is not finished, found none"
    case .stepTokens(let expected, let found):
      "step of decoding: expected \(expected) tokens, one for each sequence that is not finished, found \(found)"
    }
  }
}
