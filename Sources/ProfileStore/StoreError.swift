public import Foundations

/// Reason why a run's database could not be created, read or resumed. The description is one line.
public enum StoreError: DescribedError, Equatable, Sendable {
  /// A file is missing or could not be read.
  case cannotRead(file: String, reason: String)
  /// A file or folder could not be written. Earlier commits are preserved.
  case cannotWrite(file: String, reason: String)
  /// The file is not a database of a run.
  case notAStore(file: String, found: String)
  /// The database was written by a newer version of this program.
  case newerSchema(file: String, found: Int, known: Int)
  /// The run is of an older version of this program; it can be read but not resumed.
  case olderSchema(file: String, found: Int, expected: Int)
  /// The run is of an older version of this program and unfinished: this version can neither resume it nor write its
  /// files. Gives the version that began it, if any process did.
  case olderUnfinished(file: String, version: String?, texts: Int, finished: Int)
  /// A table holds values that no run writes.
  case malformed(file: String, place: String, reason: String)
  /// The folder holds a run of other settings; each difference as `--precision float32 there, bfloat16 asked for`, with
  /// the command that began it.
  case otherRun(file: String, differences: [String], command: String?, isFinished: Bool)
  /// The file system does not support locks, which a run requires.
  case noLocks(path: String, reason: String)
  /// The absolute path of a file exceeds SQLite's limit.
  case longPath(file: String, bytes: Int, limit: Int)
  /// Another process is working on the folder.
  case inUse(folder: String)
  /// A complete run is required, but this one is unfinished.
  case unfinished(file: String, texts: Int, finished: Int)
  /// The removal of units one after the other is not finished.
  case unfinishedSteps(file: String)

  public var description: String { message.onOneLine }

  private var message: String {
    switch self {
    case .cannotRead(let file, let reason): "\(file): cannot read: \(reason)"
    case .cannotWrite(let file, let reason): "\(file): cannot write: \(reason)"
    case .notAStore(let file, let found): "\(file): expected the database of a run, found \(found)"
    case .newerSchema(let file, let found, let known):
      "\(file): expected schema version \(known), found \(found): it was written by a newer version of fp-cli"
    case .olderSchema(let file, let found, let expected):
      "\(file): expected schema version \(expected), found \(found): a run of an older version of fp-cli can be read, but "
        + "not resumed; choose another --output, or --force to start anew"
    case .olderUnfinished(let file, let version, let texts, let finished):
      "\(file): the run is not finished, \(finished) of \(texts) texts are, and this version of fp-cli cannot resume it; "
        + "finish it with \(version.map { "fp-cli \($0.clipped), which began it" } ?? "the older version that began it"), "
        + "or profile anew into another --output or with --force"
    case .malformed(let file, let place, let reason): "\(file): \(place): \(reason)"
    case .otherRun(let file, let differences, let command, let isFinished):
      "\(file): holds another run, which is \(isFinished ? "finished" : "not finished"): "
        + "\(differences.prefix(8).joined(separator: "; "))"
        + (command.map { "; it was begun by \(isFinished ? "" : "and goes on with ")\($0)" } ?? "")
        + "; choose another --output for this one, or --force to replace that one once this one is finished"
    case .noLocks(let path, let reason):
      "\(path): cannot lock: \(reason): the file system keeps no file locks, as NFS and Lustre may not; "
        + "choose an --output on a local disk, or copy the run to one"
    case .longPath(let file, let bytes, let limit):
      "\(file): expected an absolute path of at most \(limit) bytes, found \(bytes); choose a shorter --output"
    case .inUse(let folder): "\(folder): another process is profiling into this folder"
    case .unfinished(let file, let texts, let finished):
      "\(file): the run is not finished, \(finished) of \(texts) texts are; the profile command that began it goes on"
    case .unfinishedSteps(let file):
      "\(file): the removal of units one after the other is not finished; the ablate command that began it goes on"
    }
  }
}
