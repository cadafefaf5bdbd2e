// Prompts of a wanted length that no engine has seen before.
import { random } from "./statistics.mjs";

// Each is one token of Qwen's vocabulary with the space before it.
const WORDS = `time year people way day man thing woman life child world school state family student group country problem hand part
place case week company system program question work government number night point home water room mother area money story fact
month lot right study book eye job word business issue side kind head house service friend father power hour game line end member
law car city community name president team minute idea body information back parent face level office door health person art war
history party result change morning reason research girl guy moment air teacher force education`.split(/\s+/);

let seed = 0;

/** `count` words, that is about as many tokens; never the same twice in a process. @param {number} count */
export function words(count) {
  seed += 1;
  const chance = random(seed);
  return Array.from({ length: count }, () => WORDS[Math.floor(chance() * WORDS.length)]).join(" ");
}
