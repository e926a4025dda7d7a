import type { Texts } from './en.ts';

/** Español. */
export const es: Texts = {
  lang: 'es',
  name: 'Español',
  step: (step, of) => `Paso ${step} de ${of}`,
  error: 'Error',
  code: {
    title: 'Conecta tu televisor',
    lead: 'Tu televisor muestra un código. Escríbelo aquí para iniciar sesión con tu proveedor de TV.',
    label: 'Código de tu televisor',
    hint: 'Mayúsculas o minúsculas, con o sin espacios: da igual.',
    submit: 'Continuar',
    scannedTitle: '¿Es este el código de tu televisor?',
    scannedLead: 'Mira tu televisor. Continúa solo si ves exactamente este código.',
    scannedSubmit: 'Sí, es mi código',
    missing: 'Escribe el código que muestra tu televisor.',
  },
  unknown: {
    title: 'Ese código no funciona',
    messages: {
      unknown: 'Puede estar mal escrito, haber caducado o haberse usado ya.',
      old: 'Es demasiado antiguo. Tu televisor ya muestra uno nuevo.',
      shared:
        'Lo han abierto varios teléfonos en lugares distintos, así que ya no sirve. Tu televisor dará uno nuevo.',
    },
    check:
      'Mira otra vez tu televisor: puede que ya muestre un código nuevo. Escribe el que veas ahí.',
    renew:
      '¿No hay ningún código en tu televisor? Elige «Iniciar sesión» en él y aparecerá uno nuevo.',
  },
  used: {
    title: 'Tu televisor ya tiene la sesión iniciada',
    message: 'Este código ya ha servido. Puedes volver a tu televisor y disfrutar.',
    other: 'Conectar otro televisor',
  },
  tv: {
    title: '¿Cuál es tu proveedor de TV?',
    lead: 'La empresa que te ofrece tus canales de televisión.',
    device: 'Vas a iniciar sesión en',
    unknownDevice: 'un televisor',
    app: 'Para la aplicación',
    asked: (minutes, place) =>
      `Solicitado ${minutes < 1 ? 'ahora mismo' : minutes === 1 ? 'hace un minuto' : `hace ${minutes} minutos`}${place === undefined ? '' : `, cerca de ${place}`}`,
    decline: 'No, no es mi televisor',
    shared: {
      title: 'Otra persona ha abierto este código',
      message:
        'Otro teléfono, en otro lugar, ha abierto el mismo código. Si no has empezado esto en el televisor que tienes delante, recházalo: alguien vería la tele con tu cuenta.',
    },
    notYours: '¿No has empezado esto en tu propio televisor? Entonces recházalo.',
    stop: 'Detente aquí',
    network: {
      title: '¿Tienes este televisor delante?',
      message:
        'Este teléfono y el televisor están en redes distintas. No pasa nada si tu teléfono usa datos móviles. Si alguien te envió este código, detente: vería la tele con tu cuenta.',
    },
    minutesLeft: (minutes) =>
      minutes <= 1
        ? 'Este código sirve menos de un minuto más.'
        : `Este código sirve unos ${minutes} minutos más.`,
    timeLeft: 'Tiempo que le queda al código:',
    ended:
      'Este código ha caducado. Tu televisor muestra uno nuevo, o lo mostrará cuando se lo pidas.',
    newCode: 'Escribir el código nuevo',
  },
  providers: {
    search: 'Busca tu proveedor',
    find: 'Buscar',
    all: 'Mostrar todos los proveedores',
    list: 'Proveedores',
    none: 'Ningún proveedor se llama así. Prueba otra forma de escribirlo o menos letras.',
    count: (count) => (count === 1 ? '1 proveedor' : `${count} proveedores`),
    countOther: '{count} proveedores',
    countOne: '1 proveedor',
    gone: 'Aquí no se puede elegir este proveedor. Elige otro.',
    refused: 'Ahora mismo no se puede usar este proveedor con tu TV. Elige otro.',
    empty:
      'Ahora mismo no hay proveedores entre los que elegir. Inténtalo de nuevo en unos minutos.',
  },
  chosen: {
    title: (provider) => `Inicia sesión con ${provider}`,
    unnamed: 'Inicia sesión con tu proveedor',
    lead: 'A continuación se abre la página de tu proveedor. Usa el nombre y la contraseña que tienes allí.',
    submit: (provider) => `Continuar a ${provider}`,
    unnamedSubmit: 'Continuar a mi proveedor',
    other: 'Elegir otro proveedor',
  },
  held: {
    title: 'Mira tu televisor',
    lead: 'Tu teléfono y el televisor parecen estar en lugares distintos. Di que sí en el televisor y esta página seguirá sola.',
    asking: 'Esperando a tu televisor…',
    again: 'Comprobar de nuevo',
  },
  declined: {
    title: 'No se ha iniciado ninguna sesión',
    message: 'Lo has rechazado y el televisor ya lo sabe. Su código ya no sirve.',
    untold: 'Lo has rechazado y no seguimos. No se ha podido avisar al televisor.',
    advice: 'Si alguien te envió este código, no le digas nada. No tienes que hacer nada más.',
    other: 'Conectar mi propio televisor',
  },
  disowned: {
    title: 'Se ha cerrado la sesión del televisor',
    message: 'Esta sesión ha terminado. Ya nadie puede ver la tele con ella.',
    advice:
      'Si escribiste tu contraseña en una página que no querías abrir, cámbiala en tu proveedor.',
  },
  handOver: {
    title: 'Abriendo la página de tu proveedor',
    lead: 'Si no ocurre nada, usa este botón.',
    submit: 'Abrir la página',
  },
  result: {
    done: 'Ya puedes volver a tu televisor',
    doneLead: 'Has iniciado sesión. Tu televisor ya lo sabe.',
    doneWith: (provider) => `Has iniciado sesión con ${provider}. Tu televisor ya lo sabe.`,
    close: 'Puedes cerrar esta página.',
    notMe: 'No he sido yo',
    notMeLead: '¿El televisor que has conectado no es el tuyo? Cierra la sesión ahora.',
    asking: 'Esta página sigue preguntando…',
    notYet: 'Tu televisor aún no tiene la sesión iniciada',
    notYetLead:
      'Tu proveedor no nos ha dicho que hayas iniciado sesión. Si lo has hecho, espera unos segundos y compruébalo de nuevo.',
    again: 'Comprobar de nuevo',
    retry: 'Volver e iniciar sesión otra vez',
    signedOut: 'Esta sesión ha terminado',
    signedOutLead: 'Elige «Iniciar sesión» en tu televisor y escribe aquí el código nuevo.',
  },
  problem: {
    tooMany: 'Demasiados intentos',
    tooManyLead: (minutes) =>
      `Ha habido demasiados códigos incorrectos. Espera ${minutes <= 1 ? 'un minuto' : `${minutes} minutos`} y escribe el código que tu televisor muestre entonces.`,
    busy: 'Algo no responde',
    busyLead: 'No es culpa tuya. Espera un momento e inténtalo de nuevo.',
    form: 'Esta página ya no está al día',
    formLead:
      'Empieza de nuevo con el código de tu televisor. Si no basta, permite las cookies aquí.',
    handle: 'No conocemos esta dirección',
    handleLead: 'Elige «Iniciar sesión» en tu televisor y empieza con el código que muestra.',
    refused: 'No ha funcionado',
    refusedLead: 'Inténtalo de nuevo o elige otro proveedor.',
    notFound: 'Esa página no existe',
    notFoundLead: 'Empieza con el código que muestra tu televisor.',
    start: 'Escribir un código',
    reload: 'Intentar de nuevo',
  },
};
