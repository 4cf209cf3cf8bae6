import LlamaCore

/// Why a run's database could not be made, read or gone on with. The description is one line.
public enum StoreError: DescribedError, Equatable, Sendable {
  /// A file is missing or could not be read.
  case cannotRead(file: String, reason: String)
  /// A file or folder could not be written. What was committed before is still there.
  case cannotWrite(file: String, reason: String)
  /// A file that is no database of a run.
  case notAStore(file: String, found: String)
  /// A database of a version of this program that is not known here.
  case newerSchema(file: String, found: Int, known: Int)
  /// A table holds what no run writes.
  case malformed(file: String, place: String, reason: String)
  /// The folder holds a run of other settings; each difference as `precision: float32 there, bfloat16 asked for`.
  case otherRun(file: String, differences: [String])
  /// Another process is working on the folder.
  case inUse(folder: String)
  /// A run that was asked for as a whole is not.
  case unfinished(file: String, texts: Int, finished: Int)

  public var description: String { message.onOneLine }

  private var message: String {
    switch self {
    case .cannotRead(let file, let reason): "\(file): cannot read: \(reason)"
    case .cannotWrite(let file, let reason): "\(file): cannot write: \(reason)"
    case .notAStore(let file, let found): "\(file): expected the database of a run, found \(found)"
    case .newerSchema(let file, let found, let known):
      "\(file): expected schema version \(known), found \(found): it was written by a newer version of fp-cli"
    case .malformed(let file, let place, let reason): "\(file): \(place): \(reason)"
    case .otherRun(let file, let differences):
      "\(file): holds another run: \(differences.prefix(8).joined(separator: "; ")); "
        + "choose another --output, or --force to start anew"
    case .inUse(let folder): "\(folder): another process is profiling into this folder"
    case .unfinished(let file, let texts, let finished):
      "\(file): the run is not finished, \(finished) of \(texts) texts are; the profile command that began it goes on"
    }
  }
}
