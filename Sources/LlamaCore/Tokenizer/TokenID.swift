/// A token's number in the vocabulary: the row of the embedding it selects.
public typealias TokenID = Int32
