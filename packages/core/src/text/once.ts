/**
 * A question about an object that is worked out once and kept as long as the object lives: rules ask it for each of many subjects.
 * The answer may depend on nothing else.
 */
export function oncePer<Owner extends object, Answer>(answer: (owner: Owner) => Answer): (owner: Owner) => Answer {
  const known = new WeakMap<Owner, { readonly answer: Answer }>();
  return (owner) => {
    let entry = known.get(owner);
    if (entry === undefined) {
      entry = { answer: answer(owner) };
      known.set(owner, entry);
    }
    return entry.answer;
  };
}

/** A table that is made when it is first asked for: start-up does not pay for it. */
export function once<Answer extends object>(make: () => Answer): () => Answer {
  let made: Answer | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
