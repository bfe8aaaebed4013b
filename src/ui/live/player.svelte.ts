import type { FollowedRun } from './followed-run.ts';
import { frameAt, nextChange, recordingOf, type Recording } from './recording.ts';

/** A tenth of the real speed: training takes a quarter of a second. */
const REPLAY_SPEED = 0.1;

/** Plays a finished run from what was recorded of it; nothing runs again. */
export class Player {
  playing = $state(false);
  /** Milliseconds since the epoch, as in the recording. */
  playhead = $state(0);
  recording = $state.raw<Recording>();
  frame = $derived(this.recording && frameAt(this.recording, this.playhead));
  #request = 0;
  #shownAt = 0;

  open(run: FollowedRun): void {
    this.recording = recordingOf(run);
    this.playhead = this.recording.startsAt;
    this.play();
  }

  close(): void {
    this.pause();
    this.recording = undefined;
  }

  play(): void {
    if (!this.recording) return;
    if (this.playhead >= this.recording.endsAt) this.playhead = this.recording.startsAt;
    this.playing = true;
    this.#shownAt = performance.now();
    this.#request = requestAnimationFrame((time) => this.#advance(time));
  }

  pause(): void {
    this.playing = false;
    cancelAnimationFrame(this.#request);
  }

  seek(playhead: number): void {
    if (!this.recording) return;
    const { startsAt, endsAt } = this.recording;
    this.playhead = Math.min(endsAt, Math.max(startsAt, playhead));
  }

  step(direction: 1 | -1): void {
    if (this.recording) this.seek(nextChange(this.recording, this.playhead, direction));
  }

  #advance(time: number): void {
    if (!this.playing || !this.recording) return;
    this.seek(this.playhead + Math.max(0, time - this.#shownAt) * REPLAY_SPEED);
    this.#shownAt = time;
    if (this.playhead >= this.recording.endsAt) this.playing = false;
    else this.#request = requestAnimationFrame((next) => this.#advance(next));
  }
}
