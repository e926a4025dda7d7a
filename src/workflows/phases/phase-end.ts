/** What a phase tells when it ends. */
export interface PhaseEnd {
  /**
   * A new code took the place of an expired one, without anybody asking, and who watches is asking
   * for it just now: nobody has to be told.
   */
  renewed?: boolean;
  /** Nobody has heard of the device for so long that its life may end. */
  isOver?: boolean;
}
