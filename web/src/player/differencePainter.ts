/** Paints the difference of two videos with WebGL: exactly, amplified, each at its place. */
import { falseColourRow } from "./falseColour";
import type { PictureMap } from "../domain/model";
import type { Rect } from "./lens";

export interface DifferencePainting {
  /** Where A's picture lies on the canvas, in pixels of the canvas. */
  readonly a: Rect;
  /** Where B's picture lies in A's. */
  readonly map: PictureMap;
  readonly gain: number;
  readonly falseColours: boolean;
  /** Whether pixels are shown as such. */
  readonly sharp: boolean;
}

const VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

/** What only A has is dark grey: there is nothing to compare it with. */
const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D pictureA, pictureB, scale;
uniform vec2 size, origin, extent, mapScale, mapOffset;
uniform float gain, mirrored, coloured;
out vec4 colour;
bool outside(vec2 at) { return any(lessThan(at, vec2(0.0))) || any(greaterThan(at, vec2(1.0))); }
void main() {
  vec2 at = (vec2(gl_FragCoord.x, size.y - gl_FragCoord.y) - origin) / extent;
  if (outside(at)) { colour = vec4(0.0, 0.0, 0.0, 1.0); return; }
  vec2 inB = (at - mapOffset) / mapScale;
  if (outside(inB)) { colour = vec4(vec3(0.16), 1.0); return; }
  if (mirrored > 0.5) inB.x = 1.0 - inB.x;
  vec3 apart = abs(texture(pictureA, at).rgb - texture(pictureB, inB).rgb);
  float most = min(max(apart.r, max(apart.g, apart.b)) * gain, 1.0);
  vec3 shown = coloured > 0.5 ? texture(scale, vec2(most, 0.5)).rgb : min(apart * gain, 1.0);
  colour = vec4(shown, 1.0);
}`;

const UNITS = { pictureA: 0, pictureB: 1, scale: 2 } as const;

export class DifferencePainter {
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;

  /** Throws where the browser has no WebGL 2. */
  constructor(private readonly canvas: HTMLCanvasElement) {
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false });
    if (!gl) throw new DOMException("There is no WebGL 2.", "NotSupportedError");
    this.#gl = gl;
    this.#program = linked(gl);
    gl.useProgram(this.#program);
    for (const [name, unit] of Object.entries(UNITS)) {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
      gl.uniform1i(this.#place(name), unit);
    }
    const width = 256;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, width, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, falseColourRow(width));
  }

  /** Throws a SecurityError where the pictures are another server's. */
  paint(a: TexImageSource, b: TexImageSource, painting: DifferencePainting): void {
    const gl = this.#gl;
    this.#load(UNITS.pictureA, a, painting.sharp);
    this.#load(UNITS.pictureB, b, painting.sharp);
    const { width, height } = this.canvas;
    gl.viewport(0, 0, width, height);
    gl.uniform2f(this.#place("size"), width, height);
    gl.uniform2f(this.#place("origin"), painting.a.left, painting.a.top);
    gl.uniform2f(this.#place("extent"), painting.a.width, painting.a.height);
    gl.uniform2f(this.#place("mapScale"), painting.map.scaleX, painting.map.scaleY);
    gl.uniform2f(this.#place("mapOffset"), painting.map.offsetX, painting.map.offsetY);
    gl.uniform1f(this.#place("mirrored"), painting.map.mirrored ? 1 : 0);
    gl.uniform1f(this.#place("gain"), painting.gain);
    gl.uniform1f(this.#place("coloured"), painting.falseColours ? 1 : 0);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  #load(unit: number, picture: TexImageSource, sharp: boolean): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, sharp ? gl.NEAREST : gl.LINEAR);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture);
  }

  #place(name: string): WebGLUniformLocation | null {
    return this.#gl.getUniformLocation(this.#program, name);
  }
}

function linked(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) throw new DOMException("The WebGL context is lost.", "InvalidStateError");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new DOMException(gl.getProgramInfoLog(program) ?? "", "OperationError");
  }
  return program;
}
