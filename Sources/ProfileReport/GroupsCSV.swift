import Foundations
import LlamaCore
import ProfileStore
import Profiler

/// `groups.csv`: the group of each text, and of which earlier text of its domain it is a copy.
///
/// A group without a given name is called `domain/index` after its first text, with `'` behind it while that is a given
/// name.
struct GroupsCSV {
  static let fileName = "groups.csv"

  private let groups: TextGroups
  private let hashes: [TextHash]
  private var place = 0
  /// The first text of each content in the domain of the last row.
  private var first: [TextHash: Int] = [:]
  private var domain = ""
  private let given: Set<ByteString>
  /// Names of groups without a given one.
  private var made: [Int: String] = [:]
  private var csv = CSVText()

  /// - Throws: `StoreError`.
  init(_ store: ProfileStore) throws {
    groups = try store.groups()
    hashes = try store.textHashes()
    given = Set(groups.names.values.map { ByteString($0) })
  }

  /// The header row.
  var header: String {
    var csv = CSVText()
    csv.header(["domain", "text", "tokens", "group", "copy_of"])
    return csv.text
  }

  /// Returns the row of the next text in the order of the run.
  mutating func next(_ text: TextProfile) -> String {
    csv.removeAll()
    guard groups.numbers.indices.contains(place), hashes.indices.contains(place) else { return "" }
    if !domain.utf8.elementsEqual(text.text.domain.utf8) { (domain, first) = (text.text.domain, [:]) }
    csv.field(text.text.domain)
    csv.field(text.text.index)
    csv.field(text.tokens)
    csv.field(name(of: groups.numbers[place], text.text))
    if let original = first[hashes[place]] {
      csv.field(original)
    } else {
      first[hashes[place]] = text.text.index
      csv.field("")
    }
    csv.endRow()
    place += 1
    return csv.text
  }

  /// Returns the name of a group.
  ///
  /// - Parameter text: a text of the group; the first time its first one.
  private mutating func name(of group: Int, _ text: TextIdentity) -> String {
    if let name = groups.names[group] ?? made[group] { return name }
    var name = "\(text.domain)/\(text.index)"
    while given.contains(ByteString(name)) { name += "'" }
    made[group] = name
    return name
  }
}
