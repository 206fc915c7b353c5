-- Commands that the server's lenses and actions carry, and which show more
-- when they are carried out here.
local M = {}

local function buffer(argument)
  return argument.uri and vim.uri_to_bufnr(argument.uri) or vim.api.nvim_get_current_buf()
end

--- Builds with the options of a lens. An image to load gets a name first.
local function build(command)
  local argument = (command.arguments or {})[1] or {}
  local bufnr = buffer(argument)
  local flags = {}
  for _, name in ipairs({ 'load', 'guide', 'check' }) do
    if argument[name] then
      table.insert(flags, '--' .. name)
    end
  end
  local function start()
    require('dhi.build').start(bufnr, flags)
  end
  if not argument.load then
    start()
    return
  end
  local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ':t:r'):lower()
  vim.ui.input({ prompt = 'Name of the image: ', default = name .. ':dev' }, function(tag)
    if tag and tag ~= '' then
      vim.list_extend(flags, { '--tag', tag })
      start()
    end
  end)
end

--- Has the server compare a definition with its variants, and shows how.
local function compare(command)
  local argument = (command.arguments or {})[1] or {}
  local bufnr = buffer(argument)
  local params = { command = command.command, arguments = { argument } }
  vim.lsp.buf_request(bufnr, 'workspace/executeCommand', params, function(err, result)
    if err then
      vim.notify('dhi: ' .. err.message, vim.log.levels.ERROR)
      return
    end
    local page = require('dhi.log').new('dhi://variants')
    page:write(result.text)
    page:open()
  end)
end

--- Registers them with Neovim's language client.
function M.register()
  vim.lsp.commands['dhi-ls.build'] = build
  vim.lsp.commands['dhi-ls.showProblems'] = function()
    vim.diagnostic.setloclist({ open = true })
  end
  vim.lsp.commands['dhi-ls.explain'] = function(command)
    vim.cmd.DhiExplain(command.arguments[1].rule)
  end
  vim.lsp.commands['dhi-ls.index.update'] = function()
    vim.cmd('DhiIndex update')
  end
  vim.lsp.commands['dhi-ls.compareVariants'] = compare
  vim.lsp.commands['dhi-ls.resolve'] = function(command)
    local argument = (command.arguments or {})[1] or {}
    vim.cmd('DhiResolve' .. (argument.platform and ' --platform ' .. argument.platform or ''))
  end
end

return M
